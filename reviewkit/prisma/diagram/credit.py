"""Where the diagram comes from and under which licence: one line for the metadata of each file."""

# The statement and its figure are published under CC BY 4.0.
CREDIT = (
    "After the PRISMA 2020 flow diagram: Page MJ et al. BMJ 2021;372:n71, "
    "doi:10.1136/bmj.n71 (CC BY 4.0)"
)
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
