"""The embedded sample directory: invented facilities, realistic in number and spread, never passed off as real."""
