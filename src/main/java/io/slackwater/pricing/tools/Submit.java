package io.slackwater.pricing.tools;

import io.slackwater.pricing.tools.FlinkCluster.ClusterException;
import java.io.PrintStream;

/**
 * Submits the job's JAR to a running Flink cluster by its REST address, and upgrades a running job:
 * stops it with a savepoint and starts the new one from there. What {@code jobs/submit} calls.
 */
public final class Submit {

    private Submit() {}

    /** Exit codes: 0 the job runs; 1 the cluster refused or the job failed; 2 wrong arguments. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args, System.out, System.err));
    }

    static int run(String[] args, PrintStream out, PrintStream err) throws InterruptedException {
        SubmitOptions options;
        try {
            options = SubmitOptions.parse(args);
        } catch (IllegalArgumentException e) {
            err.println("jobs/submit: " + e.getMessage());
            return 2;
        }
        try {
            FlinkCluster cluster = new FlinkCluster(options.rest());
            String id = submit(cluster, options, out);
            out.println("Running: job " + id);
            out.println(cluster.page(id));
            return 0;
        } catch (ClusterException e) {
            err.println("jobs/submit: " + e.getMessage());
            return 1;
        }
    }

    /**
     * Uploads the JAR, stops the running job first if this is an upgrade, and starts the job.
     *
     * @param progress is told each step in one line
     * @return the id of the job, which runs
     * @throws ClusterException when it does not run; where the old job was stopped already, the
     *     message names its savepoint
     */
    public static String submit(FlinkCluster cluster, SubmitOptions options, PrintStream progress)
            throws ClusterException, InterruptedException {
        String old = options.upgrade() ? cluster.runningJob(options.jobName()) : null;
        // Before the running job is touched: an upload that fails costs nothing.
        String jar = cluster.upload(options.jar());
        try {
            String savepoint = options.savepoint();
            if (old != null) {
                progress.println("Stopping job " + old + " with a savepoint ...");
                savepoint = cluster.stopWithSavepoint(old, options.savepointDir());
                progress.println("Savepoint: " + savepoint);
            }
            try {
                String id = cluster.start(jar, options.arguments(), savepoint);
                cluster.awaitRunning(id);
                return id;
            } catch (ClusterException e) {
                throw old == null
                        ? e
                        : new ClusterException(
                                e.getMessage()
                                        + " The job that ran before is stopped; start it again with"
                                        + " --savepoint "
                                        + savepoint);
            }
        } finally {
            cluster.delete(jar);
        }
    }
}
