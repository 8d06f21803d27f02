"""What an update finds: changed records, retractions and errata, access. Pure."""
