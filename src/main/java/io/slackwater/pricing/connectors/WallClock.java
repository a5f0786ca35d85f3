package io.slackwater.pricing.connectors;

import java.io.Serializable;

/** What time it is outside. Passed in, so that a test can say. */
@FunctionalInterface
public interface WallClock extends Serializable {

    /** Epoch milliseconds. */
    long millis();
}
