from assets_service.kernel.errors import Conflict, NotFound


class NoSuchProgramme(NotFound):
    message = "There is no programme {code}."


class ProgrammeExists(Conflict):
    message = "There is already a programme {code}."
    field = "code"


class NoSuchDistribution(NotFound):
    message = "There is no such distribution that you can see."


class NothingToDistribute(Conflict):
    message = "No office of {area} is still entitled to something that {office} has."


class Touched(Conflict):
    """Drafts that somebody has sent, cancelled or changed stay as they are."""

    message = "{count} of its shipments have been sent, cancelled or changed since. Nothing was undone."


class Undone(Conflict):
    message = "This distribution was already undone by {name} at {time}."
