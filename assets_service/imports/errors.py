from assets_service.kernel.errors import Refusal, TooLarge, WrongType


class FileTooLarge(TooLarge):
    message = "A file of at most {most} MB can be imported."


class NotATable(WrongType):
    message = "This is neither a CSV nor an XLSX file. In your spreadsheet choose Save as, then XLSX or CSV UTF-8."


class WebPage(NotATable):
    message = "This is a web page under the name of a spreadsheet, as many systems hand it out. Open it in your spreadsheet, choose Save as, then XLSX or CSV UTF-8."


class OldWorkbook(NotATable):
    message = "This is a workbook as Excel kept it before 2007 (.xls). In your spreadsheet choose Save as, then XLSX or CSV UTF-8."


class EncryptedWorkbook(NotATable):
    message = "This workbook is protected by a password. Open it, take the password away (File, Info, Protect Workbook), and save it again."


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


class OnlyHidden(Refusal):
    title = "The table has no header"
    message = "Only the hidden sheet {sheet} holds a table of devices. Hidden sheets are not read: show it, or send the right file."


class NoGradeHeader(NoHeader):
    message = (
        "None of the first {rows} rows names the columns that are needed: Kode Kantor, Tahun, Predikat and Sumber."
    )


class NothingToRegister(Refusal):
    title = "Nothing was registered"
    message = "There is no row under the header."


class UploadGone(Refusal):
    title = "Nothing was registered"
    message = "The checked file is no longer kept here. Choose it again."
