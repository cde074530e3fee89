"""What is a streamed HTTP response of requests, httpx or aiohttp, and which paths leave it open."""
