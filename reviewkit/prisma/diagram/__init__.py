"""PRISMA 2020 flow diagrams: one layout from a flow,
thin writers over the same coordinates. Pure.
"""
