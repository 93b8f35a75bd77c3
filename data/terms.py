"""The code's words for roles, states and sides, marked for the catalogue: each is its own English message."""

from .errors import N_

CODE_WORDS = (
    # states of a step, of a case, of a person
    N_("open"),
    N_("busy"),
    N_("done"),
    N_("skipped"),
    N_("closed"),
    N_("consulted"),
    N_("reopened"),
    N_("offered"),
    N_("accepted"),
    N_("escalated"),
    N_("seen"),
    N_("removal"),
    N_("invited"),
    N_("active"),
    N_("left"),
    # roles in the school
    N_("teacher"),
    N_("coordinator"),
    N_("ib"),
    N_("director"),
    N_("counsellor"),
    N_("support"),
    N_("kwink"),
    N_("external"),
    N_("administrator"),
    # roles in one incident
    N_("victim"),
    N_("perpetrator"),
    N_("follower"),
    N_("encourager"),
    N_("defender"),
    N_("bystander"),
    N_("unknown"),
    # sides in a case
    N_("bullied"),
    N_("accused"),
    N_("other"),
    # kinds of note
    N_("observation"),
    N_("signal"),
    N_("confidential"),
)
"""Every word that is stored as code and shown through `Words.tr`."""
