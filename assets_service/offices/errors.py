from assets_service.kernel.errors import NotFound


class NoSuchOffice(NotFound):
    message = "There is no office {code} that you can see."
