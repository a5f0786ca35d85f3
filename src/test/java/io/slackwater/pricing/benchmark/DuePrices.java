package io.slackwater.pricing.benchmark;

import java.nio.charset.StandardCharsets;

/**
 * The price list that is due for a {@link Traffic}: for each key its quantities in their order, and
 * for each quantity its price. Kept in eight bytes a key, for there may be ten million.
 */
final class DuePrices {

    private static final byte[] QUANTITY = field("quantity");
    private static final byte[] TIER = field("price_tier");
    private static final byte[] PRICE = field("price");
    private static final byte[] VERSION = field("price_version");

    /** The digits of a product id begin after the P. */
    private static final int PRODUCT_FROM = 1;

    private static final int PRODUCT_TO = 9;
    private static final int WAREHOUSE_FROM = PRODUCT_TO + "|WH-".length();

    private final long[] stories;
    private long records;

    DuePrices(int products) {
        stories = new long[products * Traffic.WAREHOUSES_OF_A_MESSAGE];
    }

    /** Adds what the newest message makes due. */
    void add(Traffic traffic) {
        for (int line = 0; line < Traffic.WAREHOUSES_OF_A_MESSAGE; line++) {
            int key = traffic.product() * Traffic.WAREHOUSES_OF_A_MESSAGE + line;
            stories[key] = grow(stories[key], traffic.quantity(line));
            records++;
        }
    }

    long records() {
        return records;
    }

    private static long grow(long story, int quantity) {
        return story * 1_000_003 + quantity + 1;
    }

    /** Compares what a contestant has written, record by record in the order of each partition. */
    final class Comparison {

        private final long[] read = new long[stories.length];
        private final int[] versions = new int[stories.length];

        /**
         * Takes the next record.
         *
         * @throws IllegalStateException when its tier or price is wrong, or its version, if it has
         *     one, is not the next of its key
         */
        void take(byte[] key, byte[] value) {
            int product = number(key, PRODUCT_FROM, PRODUCT_TO) - 10_000_000;
            int index = Traffic.keyOf(product, number(key, WAREHOUSE_FROM, key.length));
            int quantity = quantity(value);
            boolean tier = value[find(value, TIER) + 1] == (Traffic.isPremium(product) ? 'p' : 's');
            boolean price = cents(value, find(value, PRICE)) == Traffic.cents(product, quantity);
            int version = find(value, VERSION);
            boolean next = version < 0 || cents(value, version) / 100 == ++versions[index];
            if (!tier || !price || !next) {
                throw new IllegalStateException(
                        "a record with a wrong %s: %s"
                                .formatted(
                                        !tier ? "tier" : !price ? "price" : "version",
                                        new String(value, StandardCharsets.UTF_8)));
            }
            read[index] = grow(read[index], quantity);
        }

        /**
         * Ends the comparison.
         *
         * @throws IllegalStateException when a key has not exactly the records that are due
         */
        void end() {
            long wrong = 0;
            for (int i = 0; i < stories.length; i++) {
                wrong += read[i] == stories[i] ? 0 : 1;
            }
            if (wrong > 0) {
                throw new IllegalStateException(
                        "%d of %d keys have lost, doubled or disordered records"
                                .formatted(wrong, stories.length));
            }
        }
    }

    // ---------------------------------------------------------------- JSON of known shape

    /** Returns the quantity of a price record. */
    static int quantity(byte[] value) {
        return (int) (cents(value, find(value, QUANTITY)) / 100);
    }

    private static byte[] field(String name) {
        return ('"' + name + "\":").getBytes(StandardCharsets.UTF_8);
    }

    /** Where the value of a field begins; -1: there is no such field. */
    private static int find(byte[] json, byte[] field) {
        for (int i = 0; i + field.length < json.length; i++) {
            int matched = 0;
            while (matched < field.length && json[i + matched] == field[matched]) {
                matched++;
            }
            if (matched == field.length) {
                return i + matched;
            }
        }
        return -1;
    }

    private static int number(byte[] text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + text[i] - '0';
        }
        return number;
    }

    /** Parses a number of at most two decimals, not below zero, as hundredths. */
    private static long cents(byte[] json, int from) {
        long number = 0;
        int decimals = -1;
        for (int i = from; i < json.length; i++) {
            byte digit = json[i];
            if (digit == '.') {
                decimals = 0;
            } else if (digit >= '0' && digit <= '9') {
                number = number * 10 + digit - '0';
                decimals += decimals < 0 ? 0 : 1;
            } else {
                break;
            }
        }
        return decimals == 2 ? number : decimals == 1 ? number * 10 : number * 100;
    }
}
