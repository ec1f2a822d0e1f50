from assets_service.kernel.errors import NotFound


class NoSuchFlag(NotFound):
    message = "There is no flag “{kind}”. There are: {kinds}."
