package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.tools.Local;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/** The job in this JVM's Flink, as the demo sees and stops it. */
final class RunningJob implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JobClient client;
    private final URI exceptions;
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * @param uiPort where its Flink's REST interface is
     */
    RunningJob(JobClient client, int uiPort) {
        this.client = client;
        this.exceptions =
                URI.create(
                        "http://localhost:%d/jobs/%s/exceptions"
                                .formatted(uiPort, client.getJobID()));
    }

    /**
     * @throws IllegalStateException with the cause, when it ended by itself
     */
    void check() throws InterruptedException {
        try {
            JobStatus status = client.getJobStatus().get(10, TimeUnit.SECONDS);
            if (status.isGloballyTerminalState()) {
                client.getJobExecutionResult().get(10, TimeUnit.SECONDS);
                throw new IllegalStateException("the job is " + status);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the job failed: " + Local.innermost(e), e);
        }
    }

    /** Its counters of what became of every line, by name; a heartbeat old. */
    Map<String, Long> counters() throws InterruptedException, ExecutionException {
        return counters(client.getAccumulators().get());
    }

    /** How many failures it has recovered from; of many the last few are counted. */
    int failures() throws IOException, InterruptedException {
        String answer =
                http.send(HttpRequest.newBuilder(exceptions).build(), BodyHandlers.ofString())
                        .body();
        return JSON.readTree(answer).path("exceptionHistory").path("entries").size();
    }

    /**
     * Stops it with a savepoint: everything that it has made is committed then.
     *
     * @return its counters, exact
     */
    Map<String, Long> stop() throws InterruptedException, ExecutionException, TimeoutException {
        client.stopWithSavepoint(false, null, SavepointFormatType.NATIVE)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return counters(
                client.getJobExecutionResult()
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .getAllAccumulatorResults());
    }

    private static Map<String, Long> counters(Map<String, Object> accumulators) {
        Map<String, Long> counters = new TreeMap<>();
        accumulators.forEach(
                (name, value) -> {
                    if (value instanceof Long count) {
                        counters.put(name, count);
                    }
                });
        return counters;
    }

    /** Cancels it, where it still runs. */
    @Override
    public void close() {
        try {
            if (!client.getJobStatus().get(10, TimeUnit.SECONDS).isGloballyTerminalState()) {
                client.cancel().get(20, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            // Its Flink is gone already.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
