"""Who works when: a port of three calls (enqueue, schedule, run) with PgQueuer behind it, and turns for those
that somebody waits for.

On PostgreSQL any number of machines share the jobs; on SQLite they are kept in memory, in the one process
there is. A job is a hint to be quick, may be lost or come twice: the sweeps find what is due in the tables.
"""

from decision_service.jobs.queue import Jobs
from decision_service.jobs.turns import Turns

__all__ = ["Jobs", "Turns"]
