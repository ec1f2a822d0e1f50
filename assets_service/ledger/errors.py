from assets_service.kernel.errors import Conflict


class ActionReused(Conflict):
    message = "This action id was already used for something else. Make a new one."


class ActionUnderWay(Conflict):
    message = "This action is being carried out at this moment. Ask again in a second."
