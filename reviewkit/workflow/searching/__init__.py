"""Where records come from: services, files, and the fallback list for searches that cannot be
run.
"""
