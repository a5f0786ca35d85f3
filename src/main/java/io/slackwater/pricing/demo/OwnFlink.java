package io.slackwater.pricing.demo;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient.JobFinalizationBehavior;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.MathUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink in this JVM with a job manager, its web UI, and two task managers of which one can be
 * killed. Both are needed by the job, so that whichever dies, the job falls; a new one takes its
 * place after a moment, and the job goes on from its newest checkpoint.
 */
final class OwnFlink implements AutoCloseable {

    static final int TASK_MANAGERS = 2;

    /** Long enough for somebody who looks on to see that one is missing. */
    private static final Duration UNTIL_REPLACED = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(OwnFlink.class);

    private final MiniCluster cluster;
    private final ScheduledExecutorService replacing =
            Executors.newSingleThreadScheduledExecutor(
                    work -> {
                        Thread thread = new Thread(work, "replace-task-manager");
                        thread.setDaemon(true);
                        return thread;
                    });

    /** The place in the cluster's list of each task manager that lives: the list only grows. */
    private final int[] places = new int[TASK_MANAGERS];

    private int started = TASK_MANAGERS;
    private int killed;
    private boolean oneIsMissing;

    private OwnFlink(MiniCluster cluster) {
        this.cluster = cluster;
        for (int i = 0; i < TASK_MANAGERS; i++) {
            places[i] = i;
        }
    }

    /**
     * Starts one.
     *
     * @param settings of Flink; the memory for state is shared out among the task managers
     */
    static OwnFlink start(Configuration settings) throws Exception {
        Configuration own = new Configuration(settings);
        own.set(
                TaskManagerOptions.MANAGED_MEMORY_SIZE,
                settings.get(TaskManagerOptions.MANAGED_MEMORY_SIZE).divide(TASK_MANAGERS));
        int slots =
                MathUtils.divideRoundUp(
                        settings.get(CoreOptions.DEFAULT_PARALLELISM), TASK_MANAGERS);
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(own)
                                .setNumTaskManagers(TASK_MANAGERS)
                                .setNumSlotsPerTaskManager(slots)
                                .build());
        try {
            cluster.start();
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
        return new OwnFlink(cluster);
    }

    /** Starts a job. */
    JobClient run(StreamExecutionEnvironment environment, String name) throws Exception {
        var plan = environment.getStreamGraph();
        plan.setJobName(name);
        return new MiniClusterJobClient(
                cluster.submitJob(plan).get(1, TimeUnit.MINUTES).getJobID(),
                cluster,
                OwnFlink.class.getClassLoader(),
                JobFinalizationBehavior.NOTHING);
    }

    /**
     * Kills a task manager, now one and now the other. A new one is started a moment later.
     *
     * @return which one, from 1
     * @throws IllegalStateException while the last one is still being replaced
     */
    synchronized int killTaskManager() {
        if (oneIsMissing) {
            throw new IllegalStateException(
                    "A task manager was killed a moment ago and its successor is not there yet.");
        }
        oneIsMissing = true;
        int victim = killed++ % TASK_MANAGERS;
        LOG.info("Killing task manager {}", victim + 1);
        var dying = cluster.terminateTaskManager(places[victim]);
        replacing.schedule(
                () -> {
                    try {
                        dying.get(1, TimeUnit.MINUTES);
                    } catch (ExecutionException | TimeoutException e) {
                        LOG.warn("The killed task manager did not end well", e);
                    } catch (InterruptedException e) {
                        return; // The demo is over.
                    }
                    replace(victim);
                },
                UNTIL_REPLACED.toMillis(),
                TimeUnit.MILLISECONDS);
        return victim + 1;
    }

    private synchronized void replace(int victim) {
        if (replacing.isShutdown()) {
            return;
        }
        try {
            cluster.startTaskManager();
            places[victim] = started++;
            oneIsMissing = false;
            LOG.info("A new task manager {} has started", victim + 1);
        } catch (Exception e) {
            // The job waits for it, and the promises on the page turn red.
            LOG.error("No new task manager could be started", e);
        }
    }

    /** How many task managers were killed. */
    synchronized int killed() {
        return killed;
    }

    @Override
    public void close() throws Exception {
        synchronized (this) {
            replacing.shutdownNow();
        }
        cluster.close();
    }
}
