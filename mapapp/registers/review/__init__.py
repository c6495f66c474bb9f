"""From a checked file to a changed directory: staged, looked over by a person, applied, taken back."""
