"""The PRISMA 2020 flow: the partition of the records, the check of the counts, the diagram."""
