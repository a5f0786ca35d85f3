package io.slackwater.pricing.demo;

import java.util.Map;
import java.util.OptionalLong;

/** A source of inventory messages: the shop, or a file that is played. */
interface Traffic {

    /**
     * Sends messages until there are no more or the thread is told to stop.
     *
     * @throws InterruptedException when it is told to stop, with everything accounted for
     */
    void run(Feed feed, Stop stop) throws Exception;

    /**
     * Returns what the newest messages say when all is sent: quantity by {@code
     * product_id|warehouse_id}.
     */
    Map<String, Long> levels();

    /** Returns how many messages cannot be used at all; empty where the sender does not know. */
    OptionalLong unusable();

    /** Told once that no more is to be sent. */
    interface Stop {
        /** Waits; true when it is time to stop. */
        boolean within(long millis) throws InterruptedException;
    }
}
