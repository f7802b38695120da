"""The pages of officers and their superiors: sign-in, complaints and whom they did not reach, messages and alarms."""
