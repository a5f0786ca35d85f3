package io.slackwater.pricing.connectors;

import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;

/** Tells from the settings of Flink whether a start goes on from the state of a run before it. */
final class StoredState {

    private StoredState() {}

    /** A savepoint or checkpoint is named. */
    static boolean isGiven(ReadableConfig flink) {
        return flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH).isPresent();
    }

    /**
     * A savepoint or checkpoint is named, or Flink may find one by itself: with high availability a
     * job manager that takes over runs the same start again, and its state lies elsewhere.
     */
    static boolean mayExist(ReadableConfig flink) {
        return isGiven(flink)
                || !flink.get(HighAvailabilityOptions.HA_MODE).equalsIgnoreCase("NONE");
    }
}
