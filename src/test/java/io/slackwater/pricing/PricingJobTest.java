package io.slackwater.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.settings.Settings.Delivery;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class PricingJobTest {

    private final Configuration flink = GlobalConfiguration.loadConfiguration("flink-conf");

    @Test
    void aRecordWaitsBetweenTasksNoLongerThanItsReaderWould() {
        assertEquals(10, bufferTimeout(Delivery.AT_LEAST_ONCE));
        assertEquals(100, bufferTimeout(Delivery.EXACTLY_ONCE));
    }

    @Test
    void whatFlinksSettingsSayHolds() {
        flink.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(37));
        assertEquals(37, bufferTimeout(Delivery.AT_LEAST_ONCE));
        assertEquals(37, bufferTimeout(Delivery.EXACTLY_ONCE));
    }

    private long bufferTimeout(Delivery delivery) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(flink);
        PricingJob.sendOn(environment, delivery);
        return environment.getBufferTimeout();
    }
}
