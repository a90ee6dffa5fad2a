"""Nothing lost, nothing doubled: crashes, redeliveries, lost answers and outages."""
