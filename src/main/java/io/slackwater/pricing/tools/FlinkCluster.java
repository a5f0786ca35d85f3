package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A running Flink cluster, asked by its REST API. */
public final class FlinkCluster {

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
    public FlinkCluster(URI rest) {
        this.rest = URI.create(rest.toString().replaceAll("/+$", "") + "/");
    }

    /** The cluster could not do what was asked; the message is one sentence. */
    public static final class ClusterException extends Exception {
        private static final long serialVersionUID = 1;

        ClusterException(String message) {
            super(message);
        }
    }

    /** Where a browser shows a job. */
    URI page(String job) {
        return rest.resolve("#/job/running/" + job + "/overview");
    }

    /**
     * The one running job of this name.
     *
     * @throws ClusterException when there is none, or more than one
     */
    public String runningJob(String name) throws ClusterException, InterruptedException {
        List<JsonNode> jobs =
                StreamSupport.stream(get("jobs/overview").path("jobs").spliterator(), false)
                        .filter(job -> job.path("name").asText().equals(name))
                        .filter(job -> !ENDED.contains(job.path("state").asText()))
                        .toList();
        if (jobs.size() != 1) {
            throw new ClusterException(
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
    public String upload(Path jar) throws ClusterException, InterruptedException {
        if (!Files.isRegularFile(jar)) {
            throw new ClusterException("There is no JAR " + jar + "; mvn package makes it.");
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
            throw new ClusterException("The JAR " + jar + " cannot be read.");
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
            throws ClusterException, InterruptedException {
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
            throws ClusterException, InterruptedException {
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
            throw new ClusterException(
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
     * @throws ClusterException when the job fails instead, with the cause
     */
    public void awaitRunning(String job) throws ClusterException, InterruptedException {
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
            throw new ClusterException(
                    "Job "
                            + job
                            + " is "
                            + state.toLowerCase(Locale.ROOT)
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

    /** Deletes a JAR that was uploaded; where that fails, it stays. */
    public void delete(String jar) throws InterruptedException {
        try {
            send(HttpRequest.newBuilder(rest.resolve("jars/" + jar)).DELETE());
        } catch (ClusterException e) {
            // The job has its own copy: what stays is one file in the cluster's upload folder.
        }
    }

    private JsonNode poll(String path, String complaint, Predicate<JsonNode> done)
            throws ClusterException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode answer = get(path);
            if (done.test(answer)) {
                return answer;
            }
            if (System.nanoTime() > deadline) {
                throw new ClusterException(complaint + PATIENCE.toMinutes() + " minutes.");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private JsonNode get(String path) throws ClusterException, InterruptedException {
        return send(HttpRequest.newBuilder(rest.resolve(path)).GET());
    }

    private JsonNode post(String path, ObjectNode body)
            throws ClusterException, InterruptedException {
        return send(
                HttpRequest.newBuilder(rest.resolve(path))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body.toString())));
    }

    private JsonNode send(HttpRequest.Builder request)
            throws ClusterException, InterruptedException {
        HttpResponse<InputStream> response;
        JsonNode answer;
        try {
            response = client.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
                answer = text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
            }
        } catch (IOException e) {
            throw new ClusterException(
                    "No Flink cluster answers at "
                            + rest
                            + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")")
                            + "; jobs/cluster start starts one.");
        }
        if (response.statusCode() >= 300) {
            List<String> errors = new ArrayList<>();
            answer.path("errors").forEach(error -> errors.add(error.asText()));
            throw new ClusterException(
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
