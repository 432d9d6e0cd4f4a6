"""The seed story: a brand that sells direct to consumers.

Through its own shop (premium and standard), a marketplace and wholesale, from two own warehouses
and one 3PL.

    pip install ./python && python examples/python/seed_story.py
"""

import json

from stockbook import (
    Book,
    DefineChannel,
    DefineNode,
    DefineReason,
    DefineService,
    DefineSku,
    DefineSupplier,
    OrderLine,
    PlaceOrder,
    PlacePurchaseOrder,
    Point,
    PolicyRule,
    Predicate,
    PurchaseLine,
    ReallocateOrder,
    ReceiptLine,
    ReceiveGoods,
    ReceiveReturn,
    Rejection,
    ReturnLine,
    SetNodeStatus,
    SetPolicy,
    SetProtection,
    SetReorderRule,
    ShipOrder,
    Sourcing,
    Term,
    Zone,
)

book = Book()
story = book.session("2026-01-05T09:00:00Z", prefix="story", source="shop", actor="ann")
tell = story.execute

NEW_YORK = Point("40.7128", "-74.0060")
LOS_ANGELES = Point("34.0522", "-118.2437")
HOUSTON = Point("29.7604", "-95.3698")
CHICAGO = Point("41.8781", "-87.6298")


def at(instant: str, what: str) -> None:
    """Moves the story on."""
    story.move_to(instant)
    print(f"{instant}  {what}")


def show(answer: str) -> None:
    """Prints what the book says."""
    print(f"  {answer}")


def ask(**question: object) -> None:
    """Asks the book, and prints its answer as it stands on the wire."""
    show(book.ask_json(json.dumps({"ask": question})))


def set_up() -> None:
    """Says what there is."""
    at("2026-01-05T09:00:00Z", "Two own warehouses and a 3PL, four channels, two carriers.")
    tell(DefineSku("TEE", name="T-shirt", weight_g=200, price="24.00"))
    tell(DefineSku("MUG", name="Mug", weight_g=400, price="15.00", costing="fifo"))

    reno = Point("39.5296", "-119.8138")
    columbus = Point("39.9612", "-82.9988")
    dallas = Point("32.7767", "-96.7970")
    tell(DefineNode("RENO", "warehouse", reno, name="Reno", handling_per_order="1.00"))
    tell(DefineNode("COLUMBUS", "warehouse", columbus, name="Columbus", handling_per_order="1.00"))
    tell(DefineNode("DALLAS", "third_party", dallas, name="Dallas 3PL", handling_per_order="2.50"))

    near = Zone(up_to_km=1000, transit_hours=48, base="5.00", per_kg="0.50")
    far = Zone(up_to_km=5000, transit_hours=120, base="7.00", per_kg="0.90")
    by_air = Zone(up_to_km=5000, transit_hours=24, base="18.00", per_kg="4.00")
    tell(DefineService("GROUND", zones=[near, far]))
    tell(DefineService("AIR", zones=[by_air]))

    tell(DefineChannel("PREMIUM", promise_hours=72, priority=0))
    tell(DefineChannel("STANDARD", promise_hours=168, priority=1, services=["GROUND"]))
    tell(DefineChannel("MARKET", promise_hours=168, priority=2, services=["GROUND"]))
    tell(DefineChannel("WHOLESALE", promise_hours=336, priority=3, services=["GROUND"]))
    tell(DefineSupplier("MILL", lead_time_days=30, expedite_days=5, expedite_premium="0.15"))
    tell(DefineReason("outage", name="The site is down"))


def set_rules() -> None:
    """Says what is better."""
    at("2026-01-05T10:00:00Z", "Premium orders from the nearest own site, others by cost.")
    all_of_it = [Term("unfilled_units", "100")]
    nearest_own_site = PolicyRule(
        "premium: nearest own site",
        when=Predicate(channels=["PREMIUM"]),
        then=Sourcing(
            node_kinds=["warehouse"],
            tiers=[all_of_it, [Term("distance_km", "1")]],
        ),
    )
    third_party = PolicyRule(
        "marketplace: 3PL",
        when=Predicate(channels=["MARKET"]),
        then=Sourcing(
            node_kinds=["third_party"],
            tiers=[all_of_it, [Term("freight", "1")]],
        ),
    )
    by_cost = Sourcing(
        nodes_max=3,
        line_split="allowed",
        backorder_units_max=50,
        tiers=[
            all_of_it,
            [Term("freight", "1"), Term("handling", "1"), Term("shipments", "3.00")],
        ],
    )
    tell(SetPolicy("seed story", rules=[nearest_own_site, third_party], otherwise=by_cost))
    tell(
        SetReorderRule(
            "TEE",
            "COLUMBUS",
            "MILL",
            unit_cost="8.00",
            reorder_point=20,
            order_up_to=100,
            expedite_below=5,
        )
    )


def receive() -> None:
    """Takes goods in."""
    at("2026-01-06T08:00:00Z", "Goods come in; at both own sites some are kept for premium.")
    to_reno = [ReceiptLine("TEE", 40, unit_cost="8.00"), ReceiptLine("MUG", 30, unit_cost="4.00")]
    to_dallas = [ReceiptLine("TEE", 10, unit_cost="8.10"), ReceiptLine("MUG", 5, unit_cost="4.20")]
    tell(ReceiveGoods("R-1", "RENO", to_reno))
    tell(ReceiveGoods("R-2", "COLUMBUS", [ReceiptLine("TEE", 25, unit_cost="8.20")]))
    tell(ReceiveGoods("R-3", "DALLAS", to_dallas))
    tell(SetProtection("TEE", "COLUMBUS", "PREMIUM", qty=5))
    tell(SetProtection("TEE", "RENO", "PREMIUM", qty=5))


def sell() -> None:
    """Takes orders."""
    at("2026-01-07T09:00:00Z", "A premium order from New York goes to Columbus.")
    tell(PlaceOrder("P-1", "PREMIUM", NEW_YORK, [OrderLine("TEE", 2)]))
    ask(order={"document": "P-1"})
    at("2026-01-07T09:10:00Z", "A standard order from Los Angeles goes to Reno.")
    tell(PlaceOrder("S-1", "STANDARD", LOS_ANGELES, [OrderLine("TEE", 1), OrderLine("MUG", 1)]))
    ask(order={"document": "S-1"})
    at("2026-01-07T09:20:00Z", "A marketplace order from Houston goes to the 3PL.")
    tell(PlaceOrder("M-1", "MARKET", HOUSTON, [OrderLine("TEE", 1)]))
    ask(order={"document": "M-1"})
    at("2026-01-07T09:30:00Z", "A wholesale order needs two sites: it is split.")
    tell(PlaceOrder("W-1", "WHOLESALE", CHICAGO, [OrderLine("TEE", 50)]))
    ask(order={"document": "W-1"})
    at("2026-01-07T09:40:00Z", "One more waits for goods; one that is too large is refused.")
    tell(PlaceOrder("W-2", "WHOLESALE", CHICAGO, [OrderLine("TEE", 30)]))
    ask(order={"document": "W-2"})
    try:
        tell(PlaceOrder("W-3", "WHOLESALE", CHICAGO, [OrderLine("TEE", 500)]))
    except Rejection as refusal:
        show(json.dumps({"rejection": refusal.to_json()}, separators=(",", ":")))


def outage() -> None:
    """Loses a site for a day."""
    at("2026-01-07T11:00:00Z", "Columbus is down: its premium order moves to Reno.")
    tell(SetNodeStatus("COLUMBUS", "closed", reason="outage"))
    tell(ReallocateOrder("P-1", reason="outage"))
    ask(order={"document": "P-1"})
    ask(exceptions={})
    at("2026-01-07T16:00:00Z", "The premium order leaves.")
    tell(ShipOrder("P-1", "RENO"))
    at("2026-01-08T08:00:00Z", "Columbus is back.")
    tell(SetNodeStatus("COLUMBUS", "open", reason="outage"))


def replenish() -> None:
    """Buys."""
    at("2026-01-08T09:00:00Z", "The book proposes to buy; an expedited purchase comes in.")
    ask(proposals={})
    shirts = PurchaseLine("TEE", 100, unit_cost="9.20")
    tell(PlacePurchaseOrder("PO-1", "MILL", "COLUMBUS", [shirts], speed="expedited"))
    at("2026-01-12T08:00:00Z", "What waited is filled from the receipt.")
    arrived = [ReceiptLine("TEE", 100)]
    tell(ReceiveGoods("R-4", "COLUMBUS", arrived, supplier="MILL", purchase_order="PO-1"))
    ask(order={"document": "W-2"})


def deliver() -> None:
    """Ships, and takes back."""
    at("2026-01-13T15:00:00Z", "Parcels leave.")
    tell(ShipOrder("S-1", "RENO"))
    tell(ShipOrder("M-1", "DALLAS"))
    at("2026-01-20T10:00:00Z", "The mug comes back, unhurt, and is refunded.")
    mug = ReturnLine(2, 1, disposition="restock", refund="15.00")
    tell(ReceiveReturn("RMA-1", "S-1", "RENO", [mug]))


def balance() -> None:
    """Asks for the whole."""
    at("2026-01-20T18:00:00Z", "What is there, and what the books say.")
    ask(stock={"sku": "TEE"})
    ask(stock={"sku": "MUG"})
    ask(trial_balance={})
    book.verify()
    print(f"The book is sound; its hash is {book.state_hash}.")


if __name__ == "__main__":
    set_up()
    set_rules()
    receive()
    sell()
    outage()
    replenish()
    deliver()
    balance()
