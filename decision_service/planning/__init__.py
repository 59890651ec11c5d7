"""Planning: from enrolment to work, studies or the right support. It feeds facts; it decides nothing."""
