package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.PricingJob;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Submits the job's JAR to a running Flink cluster by its REST address, and upgrades a running job:
 * stops it with a savepoint and starts the new one from there. What {@code jobs/submit} calls.
 */
public final class Submit {

    /** How long an upload, a savepoint or a start may take before we stop waiting for it. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final long POLL_MILLIS = 200;
    private static final Set<String> ENDED =
            Set.of("FINISHED", "CANCELED", "FAILED", "SUSPENDED", "FAILING", "CANCELLING");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI rest;
    private final HttpClient client =
            HttpClient.newBuilder()
                    // Flink speaks HTTP/1.1 only, and an upgrade header makes it refuse uploads.
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();

    /**
     * @param rest the cluster's REST address, such as {@code http://localhost:8081}
     */
    public Submit(URI rest) {
        this.rest = URI.create(rest.toString().replaceAll("/+$", "") + "/");
    }

    /** The cluster, or this command, could not do what was asked; the message is one sentence. */
    public static final class SubmitException extends Exception {
        private static final long serialVersionUID = 1;

        SubmitException(String message) {
            super(message);
        }
    }

    /**
     * What to submit, and how.
     *
     * @param rest the cluster's REST address
     * @param jar the job's JAR
     * @param jobName the name of the running job that an upgrade replaces
     * @param upgrade whether to stop the running job with a savepoint and start from it
     * @param savepoint a savepoint or retained checkpoint to start from; null: none
     * @param savepointDir where an upgrade puts its savepoint; null: where the cluster says
     * @param arguments of the job
     */
    public record Options(
            URI rest,
            Path jar,
            String jobName,
            boolean upgrade,
            String savepoint,
            String savepointDir,
            List<String> arguments) {

        /**
         * Reads a command line: options, then {@code --} and the job's arguments. {@code --fresh}
         * becomes one of them.
         *
         * @throws IllegalArgumentException with one sentence that says what is wrong
         */
        public static Options parse(String... args) {
            URI rest = URI.create("http://localhost:8081");
            Path jar = null;
            String jobName = PricingJob.JOB_NAME;
            boolean upgrade = false;
            String savepoint = null;
            String savepointDir = null;
            boolean fresh = false;
            int i = 0;
            for (; i < args.length && !args[i].equals("--"); i++) {
                if (args[i].equals("--fresh")) {
                    fresh = true;
                    continue;
                }
                if (args[i].equals("--upgrade")) {
                    upgrade = true;
                    continue;
                }
                String option = args[i];
                if (!Set.of("--rest", "--jar", "--job-name", "--savepoint", "--savepoint-dir")
                        .contains(option)) {
                    throw new IllegalArgumentException(
                            "unknown option "
                                    + option
                                    + "; what the job is told stands after --; see --help.");
                }
                if (++i == args.length || args[i].isBlank()) {
                    throw new IllegalArgumentException(option + " needs a value; see --help.");
                }
                switch (option) {
                    case "--rest" -> rest = restAddress(args[i]);
                    case "--jar" -> jar = Path.of(args[i]);
                    case "--job-name" -> jobName = args[i];
                    case "--savepoint" -> savepoint = args[i];
                    default -> savepointDir = args[i];
                }
            }
            if (jar == null) {
                throw new IllegalArgumentException("--jar is missing; it names the job's JAR.");
            }
            if (upgrade && savepoint != null) {
                throw new IllegalArgumentException(
                        "--upgrade and --savepoint exclude each other: an upgrade starts from the"
                                + " savepoint that it takes.");
            }
            if (!upgrade && savepointDir != null) {
                throw new IllegalArgumentException(
                        "--savepoint-dir says where --upgrade puts its savepoint, and is given"
                                + " without it.");
            }
            if (fresh && (upgrade || savepoint != null)) {
                throw new IllegalArgumentException(
                        "--fresh begins without state, and %s goes on from it: they exclude each other."
                                .formatted(upgrade ? "--upgrade" : "--savepoint"));
            }
            List<String> arguments =
                    new ArrayList<>(
                            List.of(args).subList(Math.min(i + 1, args.length), args.length));
            if (fresh) {
                arguments.add("--start.fresh=true");
            }
            return new Options(rest, jar, jobName, upgrade, savepoint, savepointDir, arguments);
        }

        private static URI restAddress(String text) {
            try {
                URI uri = new URI(text);
                if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) {
                    return uri;
                }
            } catch (java.net.URISyntaxException e) {
                // Refused below, with what is allowed.
            }
            throw new IllegalArgumentException(
                    "--rest is '"
                            + text
                            + "'; an address such as http://localhost:8081 is allowed.");
        }
    }

    /** Exit codes: 0 the job runs; 1 the cluster refused or the job failed; 2 wrong arguments. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args, System.out, System.err));
    }

    static int run(String[] args, PrintStream out, PrintStream err) throws InterruptedException {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            err.println("jobs/submit: " + e.getMessage());
            return 2;
        }
        try {
            Submit cluster = new Submit(options.rest());
            String id = cluster.submit(options, out);
            out.println("Running: job " + id);
            out.println(cluster.rest + "#/job/running/" + id + "/overview");
            return 0;
        } catch (SubmitException e) {
            err.println("jobs/submit: " + e.getMessage());
            return 1;
        }
    }

    /**
     * Uploads the JAR, stops the running job first if this is an upgrade, and starts the job.
     *
     * @param progress is told each step in one line
     * @return the id of the job, which runs
     * @throws SubmitException when it does not run; where the old job was stopped already, the
     *     message names its savepoint
     */
    public String submit(Options options, PrintStream progress)
            throws SubmitException, InterruptedException {
        String old = options.upgrade() ? runningJob(options.jobName()) : null;
        // Before the running job is touched: an upload that fails costs nothing.
        String jar = upload(options.jar());
        try {
            String savepoint = options.savepoint();
            if (old != null) {
                progress.println("Stopping job " + old + " with a savepoint ...");
                savepoint = stopWithSavepoint(old, options.savepointDir());
                progress.println("Savepoint: " + savepoint);
            }
            try {
                String id = start(jar, options.arguments(), savepoint);
                awaitRunning(id);
                return id;
            } catch (SubmitException e) {
                throw old == null
                        ? e
                        : new SubmitException(
                                e.getMessage()
                                        + " The job that ran before is stopped; start it again with"
                                        + " --savepoint "
                                        + savepoint);
            }
        } finally {
            delete(jar);
        }
    }

    /**
     * The one running job of this name.
     *
     * @throws SubmitException when there is none, or more than one
     */
    public String runningJob(String name) throws SubmitException, InterruptedException {
        List<JsonNode> jobs =
                StreamSupport.stream(get("jobs/overview").path("jobs").spliterator(), false)
                        .filter(job -> job.path("name").asText().equals(name))
                        .filter(job -> !ENDED.contains(job.path("state").asText()))
                        .toList();
        if (jobs.size() != 1) {
            throw new SubmitException(
                    "There are "
                            + jobs.size()
                            + " running jobs named '"
                            + name
                            + "' at "
                            + rest
                            + "; an upgrade needs exactly one.");
        }
        return jobs.get(0).path("jid").asText();
    }

    /**
     * Uploads a JAR.
     *
     * @return the cluster's id of it
     */
    public String upload(Path jar) throws SubmitException, InterruptedException {
        if (!Files.isRegularFile(jar)) {
            throw new SubmitException("There is no JAR " + jar + "; mvn package makes it.");
        }
        String boundary = "slackwater-" + Long.toHexString(jar.hashCode()) + "-boundary";
        // The content type is checked by the cluster: any other is refused.
        String head =
                "--%s\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"%s\"\r\n"
                                .formatted(boundary, jar.getFileName().toString().replace("\"", ""))
                        + "Content-Type: application/x-java-archive\r\n\r\n";
        BodyPublisher body;
        try {
            body =
                    BodyPublishers.concat(
                            BodyPublishers.ofString(head),
                            BodyPublishers.ofFile(jar),
                            BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        } catch (FileNotFoundException e) {
            throw new SubmitException("The JAR " + jar + " cannot be read.");
        }
        JsonNode answer =
                send(
                        HttpRequest.newBuilder(rest.resolve("jars/upload"))
                                .timeout(PATIENCE)
                                // The cluster does not answer Expect: 100-continue.
                                .expectContinue(false)
                                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                                .POST(body));
        String file = answer.path("filename").asText();
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /**
     * Starts a JAR that was uploaded.
     *
     * @param savepoint to start from; null: none
     * @return the job's id
     */
    public String start(String jar, List<String> arguments, String savepoint)
            throws SubmitException, InterruptedException {
        ObjectNode request = JSON.createObjectNode();
        arguments.forEach(request.putArray("programArgsList")::add);
        if (savepoint != null) {
            request.put("savepointPath", savepoint);
            // State that the new job does not know is a mistake until somebody says otherwise.
            request.put("allowNonRestoredState", false);
        }
        return post("jars/" + jar + "/run", request).path("jobid").asText();
    }

    /**
     * Stops a job with a savepoint: all of its sinks have committed when this returns.
     *
     * @param directory where the savepoint goes; null: where the cluster's settings say
     * @return the savepoint's path
     */
    public String stopWithSavepoint(String job, String directory)
            throws SubmitException, InterruptedException {
        ObjectNode request = JSON.createObjectNode();
        request.put("drain", false);
        // Unlike the native format it can be restored with another state backend.
        request.put("formatType", "CANONICAL");
        if (directory != null) {
            request.put("targetDirectory", directory);
        }
        String trigger = post("jobs/" + job + "/stop", request).path("request-id").asText();
        JsonNode answer =
                poll(
                        "jobs/" + job + "/savepoints/" + trigger,
                        "The savepoint of job " + job + " is not complete after ",
                        node -> node.path("status").path("id").asText().equals("COMPLETED"));
        JsonNode operation = answer.path("operation");
        if (!operation.hasNonNull("location")) {
            throw new SubmitException(
                    "Job "
                            + job
                            + " was not stopped: its savepoint failed: "
                            + rootCause(
                                    operation
                                            .path("failure-cause")
                                            .path("stack-trace")
                                            .asText("for no reason given")));
        }
        poll(
                "jobs/" + job,
                "Job " + job + " has its savepoint and does not end, after ",
                node -> node.path("state").asText().equals("FINISHED"));
        return operation.path("location").asText();
    }

    /**
     * Waits until every task of the job runs.
     *
     * @throws SubmitException when the job fails instead, with the cause
     */
    public void awaitRunning(String job) throws SubmitException, InterruptedException {
        JsonNode answer =
                poll(
                        "jobs/" + job,
                        "Job " + job + " is submitted, and not all of its tasks run after ",
                        node -> ENDED.contains(node.path("state").asText()) || runs(node));
        String state = answer.path("state").asText();
        // A bounded run may be over by now.
        if (ENDED.contains(state) && !state.equals("FINISHED")) {
            String trace = "";
            for (JsonNode entry :
                    get("jobs/" + job + "/exceptions").path("exceptionHistory").path("entries")) {
                trace = entry.path("stacktrace").asText();
                break;
            }
            throw new SubmitException(
                    "Job "
                            + job
                            + " is "
                            + state.toLowerCase(java.util.Locale.ROOT)
                            + ": "
                            + rootCause(trace));
        }
    }

    /** The job's state says RUNNING before, and long after a loss: its vertices tell. */
    private static boolean runs(JsonNode job) {
        JsonNode vertices = job.path("vertices");
        for (JsonNode vertex : vertices) {
            String status = vertex.path("status").asText();
            if (!status.equals("RUNNING") && !status.equals("FINISHED")) {
                return false;
            }
        }
        return !vertices.isEmpty();
    }

    private void delete(String jar) throws InterruptedException {
        try {
            send(HttpRequest.newBuilder(rest.resolve("jars/" + jar)).DELETE());
        } catch (SubmitException e) {
            // The job has its own copy: what stays is one file in the cluster's upload folder.
        }
    }

    private JsonNode poll(
            String path, String complaint, java.util.function.Predicate<JsonNode> done)
            throws SubmitException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode answer = get(path);
            if (done.test(answer)) {
                return answer;
            }
            if (System.nanoTime() > deadline) {
                throw new SubmitException(complaint + PATIENCE.toMinutes() + " minutes.");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private JsonNode get(String path) throws SubmitException, InterruptedException {
        return send(HttpRequest.newBuilder(rest.resolve(path)).GET());
    }

    private JsonNode post(String path, ObjectNode body)
            throws SubmitException, InterruptedException {
        return send(
                HttpRequest.newBuilder(rest.resolve(path))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body.toString())));
    }

    private JsonNode send(HttpRequest.Builder request)
            throws SubmitException, InterruptedException {
        HttpResponse<InputStream> response;
        JsonNode answer;
        try {
            response = client.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
                answer = text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
            }
        } catch (IOException e) {
            throw new SubmitException(
                    "No Flink cluster answers at "
                            + rest
                            + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")")
                            + "; jobs/cluster start starts one.");
        }
        if (response.statusCode() >= 300) {
            List<String> errors = new ArrayList<>();
            answer.path("errors").forEach(error -> errors.add(error.asText()));
            throw new SubmitException(
                    "The cluster refused: "
                            + rootCause(
                                    errors.isEmpty()
                                            ? answer.toString()
                                            : errors.get(errors.size() - 1)));
        }
        return answer;
    }

    /** The message of the innermost cause of a stack trace, which the cluster sends as text. */
    static String rootCause(String trace) {
        String mark = "Caused by: ";
        int last = trace.lastIndexOf(mark);
        Stream<String> lines = trace.substring(last < 0 ? 0 : last + mark.length()).lines();
        String cause =
                String.join(
                        "\n",
                        lines.takeWhile(
                                        line ->
                                                !line.startsWith("\t")
                                                        && !line.startsWith("End of exception"))
                                .toList());
        // Before a sentence the class says nothing; before a bare name it is the message.
        return cause.replaceFirst("^[\\w.$]*(?:Exception|Error): (?=\\S+ )", "").strip();
    }
}
