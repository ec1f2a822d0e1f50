from assets_service.kernel.errors import Conflict, NotFound


class NoSuchProgramme(NotFound):
    message = "There is no programme {code}."


class ProgrammeExists(Conflict):
    message = "There is already a programme {code}."
    field = "code"
