"""Why a photo is refused."""

from assets_service.kernel.errors import Invalid, NotFound, TooLarge, WrongType


class PhotoTooLarge(TooLarge):
    message = "A photo may have at most {megabytes} MB. Send a smaller one."


class PhotoTooManyPixels(TooLarge):
    message = "A photo may have at most {megapixels} megapixels; this one has {width} × {height}."


class TooManyPixelsButForJpeg(PhotoTooManyPixels):
    """Only a JPEG can be decoded at a smaller size, so that its memory is bounded."""

    message = "A {form} may have at most {megapixels} megapixels; this one has {width} × {height}. Send the photo as JPEG: that may have {jpeg}."


class NoPhoto(WrongType):
    message = "Send a photo as JPEG, PNG or WebP."


class NoSuchPhoto(NotFound):
    message = "There is no such photo that you can see."


class OtherBytes(Invalid):
    """Cut on its way, or named wrongly: it is not kept under a name that is not its own."""

    message = "These bytes have another SHA-256 than the address says."
    field = "sha256"
