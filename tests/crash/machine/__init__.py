"""The state machine of `test_state_machine.py`: the world that it plays in, and the model that judges it."""
