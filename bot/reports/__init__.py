"""The read side: plain SQL over the desk's database, turned into small values. Changes nothing."""
