async def main():
    for a in range(3):
        async with manager:
            async for i in Iterable():
                I += 1
        async with manager:
            async for i in Iterable():
                I += 1
        async with manager:
            async for i in Iterable():
                I += 1
        async with manager:
            async for i in Iterable():
                I += 1
        async with manager:
            async for i in Iterable():
                I += 1
        async with manager:
            async for i in Iterable():
                I += 1
