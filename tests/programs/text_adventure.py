"""A text adventure driven by a script: rooms as states, commands as transitions."""

from enum import Enum, auto


class State(Enum):
    EXPLORING = auto()
    FIGHTING = auto()
    WON = auto()
    LOST = auto()


class Item:
    def __init__(self, name, weight, **effects):
        self.name = name
        self.weight = weight
        self.effects = effects

    def __repr__(self):
        return f"<{self.name}>"


class Room:
    def __init__(self, name, *items, guard=None):
        self.name = name
        self.items = list(items)
        self.exits = {}
        self.guard = guard

    def link(self, direction, room):
        opposite = {"north": "south", "south": "north", "east": "west", "west": "east"}
        self.exits[direction] = room
        room.exits[opposite[direction]] = self
        return room


class Troll:
    health = 12

    def __init__(self, strength):
        self.strength = strength


class CannotDo(Exception):
    pass


class Game:
    def __init__(self):
        hall = Room("hall", Item("lamp", 2, light=True), Item("anvil", 90))
        cellar = hall.link("south", Room("cellar", Item("sword", 6, damage=5)))
        bridge = hall.link("east", Room("bridge", guard=Troll(3)))
        bridge.link("east", Room("treasury", Item("crown", 4, win=True)))
        cellar.link("west", Room("well", Item("potion", 1, heal=6)))
        self.room = hall
        self.bag = []
        self.health = 15
        self.state = State.EXPLORING
        self.moves = 0

    def bonus(self, effect):
        return sum(item.effects.get(effect, 0) for item in self.bag)

    def do(self, line):
        self.moves += 1
        match (self.state, line.split()):
            case (State.WON | State.LOST, _):
                raise CannotDo("the game is over")
            case (_, []):
                raise CannotDo("say something")
            case (State.FIGHTING, ["hit"]):
                return self.hit()
            case (State.FIGHTING, ["flee", *rest]) if not rest:
                self.state = State.EXPLORING
                return "you run"
            case (State.FIGHTING, [verb, *_]):
                raise CannotDo(f"no time to {verb}")
            case (_, ["go", ("north" | "south" | "east" | "west") as direction]):
                return self.go(direction)
            case (_, ["go", *_]):
                raise CannotDo("go where?")
            case (_, ["take", "all"]):
                return ", ".join(self.take(item.name) for item in self.room.items[:])
            case (_, ["take", name]):
                return self.take(name)
            case (_, ["drink", "potion"]):
                return self.drink()
            case (_, ["look"]):
                return f"{self.room.name}: {self.room.items} exits {sorted(self.room.exits)}"
            case (_, [verb, *words]):
                raise CannotDo(f"what is {verb!r} with {len(words)} words?")

    def go(self, direction):
        try:
            target = self.room.exits[direction]
        except KeyError:
            raise CannotDo(f"no way {direction}") from None
        if target.name == "cellar" and not self.bonus("light"):
            raise CannotDo("too dark")
        if self.room.guard and self.room.guard.health > 0 and direction == "east":
            self.state = State.FIGHTING
            return "a troll bars the way"
        self.room = target
        return f"you are in the {target.name}"

    def take(self, name):
        for index, item in enumerate(self.room.items):
            if item.name == name:
                break
        else:
            raise CannotDo(f"no {name} here")
        if item.weight + sum(i.weight for i in self.bag) > 20:
            raise CannotDo(f"{name} is too heavy")
        self.bag.append(self.room.items.pop(index))
        if item.effects.get("win"):
            self.state = State.WON
        return f"taken {name}"

    def drink(self):
        for item in self.bag:
            if "heal" in item.effects:
                self.bag.remove(item)
                self.health += item.effects["heal"]
                return f"health {self.health}"
        raise CannotDo("nothing to drink")

    def hit(self):
        troll = self.room.guard
        troll.health -= 1 + self.bonus("damage")
        if troll.health <= 0:
            self.state = State.EXPLORING
            return "the troll falls"
        self.health -= troll.strength
        if self.health <= 0:
            self.state = State.LOST
            return "you die"
        return f"troll {troll.health}, you {self.health}"


SCRIPT = """look
go south
take anvil
take lamp
go up
go south
look
take all
go west
take potion
sing a song
go east
go north
go east
go east
look
hit
hit
drink potion
go east
take crown

go west"""

game = Game()
for line in SCRIPT.split("\n"):
    try:
        print(f"> {line}\n  {game.do(line)} [{game.state.name}]")
    except CannotDo as error:
        print(f"> {line}\n  ! {error} [{game.state.name}]")
print(game.state, game.moves, game.bag, game.health)

# Many games by a fixed pattern of commands.
COMMANDS = ["go north", "go south", "go east", "go west", "take all", "hit", "flee", "drink potion", "look"]
tally = {state: 0 for state in State}
refused = 0
for seed in range(120):
    game = Game()
    x = seed
    for _ in range(60):
        x = (x * 75 + 74) % 65537
        try:
            game.do(COMMANDS[x % len(COMMANDS)])
        except CannotDo:
            refused += 1
    tally[game.state] += 1
print({state.name: count for state, count in tally.items()}, refused)
