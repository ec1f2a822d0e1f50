from assets_service.kernel.errors import Conflict, NotFound


class NoSuchDevice(NotFound):
    message = "There is no such device that you can see."


class AlreadyRegistered(Conflict):
    """Names the fields that another device already has, not which device: it may be another office's."""

    message = "Another device is already registered with the same identity."


class Ambiguous(Conflict):
    message = "{count} devices fit this identifier: {codes}."


class Retired(Conflict):
    message = "{code} is written off; nothing more can happen to it."


class InTransit(Conflict):
    message = "{code} is on its way to another office. Wait until it is received."


class CodeTaken(Conflict):
    message = "The label {code} already belongs to a device."
    field = "code"


class NoSuchBlank(NotFound):
    message = "There is no blank label {code}."
    field = "code"
