"""The agents of a workspace: who is there, who is asked, and how many they have in hand."""
