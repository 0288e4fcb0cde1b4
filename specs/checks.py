"""stub"""


def problems(api, parameters, reports):
    return []
