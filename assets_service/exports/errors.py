from assets_service.kernel.errors import TooLarge


class TooManyForPaper(TooLarge):
    message = "A PDF holds at most {most} devices; this would be {count}. Choose one office, or take XLSX or CSV."
