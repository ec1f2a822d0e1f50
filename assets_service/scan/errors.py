from assets_service.kernel.errors import NotFound


class UnknownCode(NotFound):
    """For who is signed in. The same words whether no label bears the code or its device is another office's."""

    title = "The code is not known"
    message = "The code {code} is not known, or its device is not one that you can see."
