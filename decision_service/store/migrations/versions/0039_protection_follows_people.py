"""Protection follows people: what has one of the people of a hidden application is hidden too"""

from alembic import op
from sqlalchemy import text

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_SHARING = text(
    "UPDATE application SET protected = true WHERE NOT protected AND id IN ("
    " SELECT near.application_id FROM party AS near"
    " JOIN party AS far ON far.tenant = near.tenant AND far.person = near.person"
    " JOIN application AS hidden ON hidden.id = far.application_id"
    " WHERE hidden.protected)"
)


def upgrade() -> None:
    while op.get_bind().execute(_SHARING).rowcount:
        pass


def downgrade() -> None:
    """Who was hidden only as a neighbour is not known, so all stay hidden."""
