package io.slackwater.pricing.demo;

import java.util.List;
import java.util.Map;

/**
 * The shop's day: how busy it is, and each warehouse by its own local time. Times are epoch
 * milliseconds.
 */
final class ShopDay {

    /** The length of a day of the shop: of its daily rhythm, and of its restocking times. */
    static final long MILLIS = 20_000;

    /** How far the local time of a warehouse is ahead of the first one's, as a share of a day. */
    private static final Map<String, Double> LOCAL_TIMES =
            Map.of(
                    "WH-GDN", 0.0,
                    "WH-HAM", 0.02,
                    "WH-MIL", 0.05,
                    "WH-BCN", 0.10,
                    "WH-LYO", 0.12,
                    "WH-DUB", 0.25,
                    "WH-YUL", 0.45);

    /** All warehouses. */
    static final List<String> WAREHOUSES = LOCAL_TIMES.keySet().stream().sorted().toList();

    private ShopDay() {}

    /** Returns how busy the shop is at a time: 1 on average over a day, never 0. */
    static double rhythm(long now) {
        return rhythmAt(share(now));
    }

    /** Returns how busy a warehouse is at a time, likewise. */
    static double rhythm(String warehouse, long now) {
        return rhythmAt(share(now) - LOCAL_TIMES.get(warehouse));
    }

    private static double share(long now) {
        return Math.floorMod(now, MILLIS) / (double) MILLIS;
    }

    private static double rhythmAt(double share) {
        return 1 - 0.6 * Math.cos(2 * Math.PI * share);
    }
}
