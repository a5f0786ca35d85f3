package io.slackwater.pricing.demo;

import io.slackwater.pricing.tools.Local;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;

/** Whether the job still runs. */
final class JobClientState {

    private JobClientState() {}

    /**
     * @throws IllegalStateException with the cause, when it ended by itself
     */
    static void check(JobClient job) throws InterruptedException {
        try {
            JobStatus status = job.getJobStatus().get(10, TimeUnit.SECONDS);
            if (status.isGloballyTerminalState()) {
                job.getJobExecutionResult().get(10, TimeUnit.SECONDS);
                throw new IllegalStateException("the job is " + status);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the job failed: " + Local.innermost(e), e);
        }
    }
}
