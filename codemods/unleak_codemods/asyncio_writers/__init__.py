"""What is a StreamWriter of asyncio, who else may use it, and where an `await` can go."""
