from assets_service.kernel.errors import Refusal, TooLarge, WrongType


class FileTooLarge(TooLarge):
    message = "A file of at most {most} MB can be imported."


class NotATable(WrongType):
    message = "This is neither a CSV nor an XLSX file. In your spreadsheet choose Save as, then XLSX or CSV UTF-8."


class NotUnicode(Refusal):
    title = "The file cannot be read"
    message = "Row {row} is not UTF-8 text. Save the file as CSV UTF-8 or as XLSX, so that no letter is guessed."


class BrokenTable(Refusal):
    title = "The file cannot be read"
    message = "Row {row} cannot be read: a quotation mark is not closed, or stands where none belongs."


class TooManyRows(TooLarge):
    message = "At most {most} devices can be imported at once. Divide the file."


class TooManyColumns(TooLarge):
    message = "Row {row} has more than {most} columns."


class NoHeader(Refusal):
    title = "The table has no header"
    message = "None of the first {rows} rows names columns that are known here. At least Merk, Tipe and Nomor Seri are needed."


class NothingToRegister(Refusal):
    title = "Nothing was registered"
    message = "There is no device under the header."


class UploadGone(Refusal):
    title = "Nothing was registered"
    message = "The checked file is no longer kept here. Choose it again."
