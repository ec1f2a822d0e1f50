"""What keeps an installation well: sweeping, backing up, restoring, and the doctor's findings."""
