package io.slackwater.pricing.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** A product of the shop, with its shelves in some of the warehouses. */
final class ShopProduct {

    /** How much larger the lot of the best seller is than the smallest one. */
    private static final int LARGEST_LOT = 500;

    private static final int SMALLEST_LOT = 40;

    private final String id;
    private final String category;
    private final int weight;
    private final int length;
    private final int width;
    private final int height;
    private final List<Shelf> shelves = new ArrayList<>();
    private int lot;
    private long lastMessageAt = Long.MIN_VALUE;

    /** A product's place in a warehouse. */
    static final class Shelf {
        private final String warehouse;
        private final int deliveryDays;
        private final int restockingDays;
        private long quantity;
        private boolean ordered;
        private Long sent;

        private Shelf(String warehouse, SplittableRandom random) {
            this.warehouse = warehouse;
            deliveryDays = 1 + random.nextInt(5);
            restockingDays = 1 + random.nextInt(4);
        }

        String warehouse() {
            return warehouse;
        }

        int deliveryDays() {
            return deliveryDays;
        }

        int restockingDays() {
            return restockingDays;
        }

        /** Returns how much there is; negative: more was sold. */
        long quantity() {
            return quantity;
        }

        /** Adds to what there is, or takes from it. */
        void add(long pieces) {
            quantity += pieces;
        }

        /** Returns whether a delivery is on its way. */
        boolean isOrdered() {
            return ordered;
        }

        void ordered(boolean now) {
            ordered = now;
        }

        /** Returns the quantity of the newest message; null: none was sent, or it was delisted. */
        Long sent() {
            return sent;
        }
    }

    ShopProduct(String id, String category, SplittableRandom random) {
        this.id = id;
        this.category = category;
        weight = 1 + random.nextInt(20);
        length = 5 + random.nextInt(60);
        width = 5 + random.nextInt(40);
        height = 2 + random.nextInt(40);
        List<String> warehouses = ShopDay.WAREHOUSES;
        int skipped = random.nextInt(warehouses.size() - 2);
        int first = random.nextInt(warehouses.size());
        for (int i = 0; i < warehouses.size() - skipped; i++) {
            shelves.add(new Shelf(warehouses.get((first + i) % warehouses.size()), random));
        }
    }

    /**
     * Fills the shelves. Hot sellers are ordered in larger lots, and still run out at times.
     *
     * @param share of the sales of the best seller, above 0 and at most 1
     */
    void stockUp(double share, SplittableRandom random) {
        lot = SMALLEST_LOT + (int) (LARGEST_LOT * share);
        for (Shelf shelf : shelves) {
            shelf.quantity = random.nextInt(2 * lot);
        }
    }

    String id() {
        return id;
    }

    String category() {
        return category;
    }

    int weight() {
        return weight;
    }

    int length() {
        return length;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    List<Shelf> shelves() {
        return Collections.unmodifiableList(shelves);
    }

    /** Returns the least number of pieces in a delivery. */
    int lot() {
        return lot;
    }

    /**
     * Notes that a message about some of its shelves is sent.
     *
     * @return the message's event time: now, or later, as no two messages have the same one
     */
    long send(List<Shelf> some, long now) {
        for (Shelf shelf : some) {
            shelf.sent = shelf.quantity;
        }
        return nextMessageAt(now);
    }

    /**
     * Notes that it is delisted.
     *
     * @return the event time, as {@link #send} has it
     */
    long delist(long now) {
        for (Shelf shelf : shelves) {
            shelf.sent = null;
        }
        return nextMessageAt(now);
    }

    private long nextMessageAt(long now) {
        lastMessageAt = Math.max(lastMessageAt + 1, now);
        return lastMessageAt;
    }
}
