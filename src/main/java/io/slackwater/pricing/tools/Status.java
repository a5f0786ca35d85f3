package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.RuleTopics.Published;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Says which rule book prices, and what comes next. */
@Command(
        name = "status",
        description = {
            "Says which rule book is in force, how far prices follow it, what is scheduled, and what"
                    + " the job answered last."
        },
        footer = {
            "",
            "Exit codes: 0 a book is in force; 1 none is, or nothing is known of one; 2 wrong use,"
                    + " or no broker answers."
        },
        mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @ParentCommand private Rules rules;
    @Mixin private WhichJob job;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    /**
     * What the topics tell.
     *
     * @param answers of the job about the book
     * @param inForce the version that decides; null: none does, or nothing was told
     * @param documents of the version in force and of those that are scheduled, by version
     * @param unanswered versions above all that were answered
     */
    private record Known(
            BookAnswers<Answer> answers,
            Long inForce,
            TreeMap<Long, Document> documents,
            List<Long> unanswered) {

        RuleBook book() {
            Document document = inForce == null ? null : documents.get(inForce);
            return document == null ? null : document.book();
        }

        /** Begin of the version in force, epoch milliseconds; null where it is not known. */
        Long since() {
            if (answers.since() != null) {
                return answers.since();
            }
            Document document = documents.get(inForce);
            return document == null ? null : document.from();
        }

        /** The newest version above a scheduled one that holds at its begin; null: none. */
        Long newerAtBegin(Answer scheduled) {
            Long newer = null;
            for (var entry : documents.tailMap(scheduled.version(), false).entrySet()) {
                if (scheduled.effectiveFrom() != null
                        && entry.getValue().holdsAt(scheduled.effectiveFrom())) {
                    newer = entry.getKey();
                }
            }
            return newer;
        }
    }

    /**
     * A published document.
     *
     * @param book what it says
     * @param from since when it holds: where it does not say so itself, since it was published
     */
    private record Document(RuleBook book, long from) {

        boolean holdsAt(long time) {
            return from <= time && (book.effectiveTo() == null || time < book.effectiveTo());
        }
    }

    @Override
    public Integer call() {
        Settings settings = job.read(rules);
        PrintWriter out = spec.commandLine().getOut();
        Known known;
        try (RuleTopics topics = RuleTopics.open(settings, job.hint(rules))) {
            known = known(topics.answers(), topics.published());
        }
        if (json) {
            printJson(settings, known, out);
        } else {
            print(settings, known, out);
        }
        return known.inForce() == null ? Rules.NO : Rules.GOOD;
    }

    private static Known known(List<Answer> answers, List<Published> published) {
        BookAnswers<Answer> heard = new BookAnswers<>();
        long highest = 0;
        for (Answer answer : answers) {
            heard.hear(answer.told(), answer);
            highest = Math.max(highest, answer.version());
        }
        // The topic keeps every version: only those are read that are spoken of.
        Set<Long> accepted = new HashSet<>();
        accepted.add(heard.inForce());
        heard.scheduled().forEach(answer -> accepted.add(answer.version()));
        TreeMap<Long, Document> documents = new TreeMap<>();
        List<Long> unanswered = new ArrayList<>();
        for (Published message : published) {
            RuleBook book =
                    message.document() == null || !accepted.contains(message.version())
                            ? null
                            : RuleBookReader.readAgain(message.document()).book();
            if (book != null) {
                // A version that was published twice is the first one: the other one was stale.
                documents.putIfAbsent(
                        book.version(),
                        new Document(
                                book,
                                book.effectiveFrom() == null
                                        ? message.publishedAt()
                                        : book.effectiveFrom()));
            }
            if (message.version() > highest) {
                unanswered.add(message.version());
            }
        }
        return new Known(heard, heard.inForce(), documents, unanswered);
    }

    private void print(Settings settings, Known known, PrintWriter out) {
        String id = settings.pricing().book();
        Table table = new Table();
        table.row("job", settings.kafka().bootstrapServers() + ", which prices with book " + id);
        BookAnswers<Answer> answers = known.answers();
        if (known.inForce() == null) {
            table.row("in force", "none" + why(answers, id));
        } else {
            table.row(
                    "in force",
                    id
                            + "@"
                            + known.inForce()
                            + (known.since() == null
                                    ? ""
                                    : " since " + Instants.format(known.since()))
                            + (answers.againSince() == null
                                    ? ""
                                    : ", again since " + Instants.format(answers.againSince()))
                            + comment(known.book()));
            if (known.book() != null && known.book().effectiveTo() != null) {
                long end = known.book().effectiveTo();
                table.row(
                        "",
                        end <= rules.clock().millis()
                                ? "its time is over since "
                                        + time(end)
                                        + "; the job's event time has not come to that moment, as"
                                        + " far as it told"
                                : "until " + time(end));
            }
            table.row("prices", progress(answers.progress()));
        }
        String name = "scheduled";
        for (Answer answer : answers.scheduled()) {
            Long newer = known.newerAtBegin(answer);
            table.row(
                    name,
                    id
                            + "@"
                            + answer.version()
                            + " from "
                            + time(answer.effectiveFrom())
                            + (newer == null
                                    ? ""
                                    : "; it will not decide then, as "
                                            + id
                                            + "@"
                                            + newer
                                            + " holds, which is newer"));
            name = "";
        }
        if (!known.unanswered().isEmpty()) {
            table.row(
                    "unanswered",
                    id
                            + "@"
                            + known.unanswered().get(known.unanswered().size() - 1)
                            + " is published, and the job has not answered yet");
        }
        Answer last = answers.newest();
        if (last != null) {
            table.row(
                    "last answer",
                    time(last.toldAt())
                            + "  "
                            + id
                            + "@"
                            + last.version()
                            + " "
                            + last.state()
                            + ": "
                            + last.words());
            for (Reason reason : last.reasons()) {
                table.row("", "  " + Finding.path(reason) + ": " + reason.message());
            }
        }
        table.print(out, "");
    }

    /** Why no version decides. */
    private static String why(BookAnswers<Answer> answers, String id) {
        Answer end = answers.end();
        if (end == null) {
            return answers.newest() == null ? ": the job told nothing" : "";
        }
        String version = id + (end.version() > 0 ? "@" + end.version() : "");
        return end.state() == State.RETIRED
                ? ": " + version + " was retired at " + time(end.told().at())
                : ": " + version + " ended at " + time(end.told().at()) + ", and no other holds";
    }

    private static String comment(RuleBook book) {
        return book == null || book.comment() == null
                ? ""
                : ", \"" + HarmlessWriter.line(book.comment()) + "\"";
    }

    private static String progress(Answer progress) {
        if (progress == null) {
            return "nothing was told yet of how far they follow";
        }
        return (progress.state() == State.CONVERGED
                        ? "all follow it: "
                        : progress.state() == State.CONVERGING ? "on their way: " : "")
                + progress.words();
    }

    private static String time(Long millis) {
        return millis == null ? "an unknown time" : Instants.format(millis);
    }

    private void printJson(Settings settings, Known known, PrintWriter out) {
        ObjectNode answer = JsonText.object();
        answer.put("brokers", settings.kafka().bootstrapServers());
        answer.put("book_id", settings.pricing().book());
        BookAnswers<Answer> answers = known.answers();
        if (known.inForce() != null) {
            ObjectNode inForce =
                    answers.begin() == null ? JsonText.object() : answers.begin().toJson();
            inForce.put("version", known.inForce());
            if (known.since() != null) {
                inForce.put("effective_from", Instants.format(known.since()));
            }
            if (answers.againSince() != null) {
                inForce.put("again_since", Instants.format(answers.againSince()));
            }
            if (known.book() != null && known.book().comment() != null) {
                inForce.put("comment", known.book().comment());
            }
            if (known.book() != null && known.book().effectiveTo() != null) {
                inForce.put("effective_to", Instants.format(known.book().effectiveTo()));
            }
            answer.set("in_force", inForce);
        } else if (answers.end() != null) {
            answer.set("ended", answers.end().toJson());
        }
        if (answers.progress() != null) {
            answer.set("progress", answers.progress().toJson());
        }
        var scheduled = answer.putArray("scheduled");
        for (Answer book : answers.scheduled()) {
            ObjectNode entry = book.toJson();
            Long newer = known.newerAtBegin(book);
            if (newer != null) {
                entry.put("overtaken_by", newer);
            }
            scheduled.add(entry);
        }
        var unanswered = answer.putArray("unanswered");
        known.unanswered().forEach(unanswered::add);
        if (answers.newest() != null) {
            answer.set("last_answer", answers.newest().toJson());
        }
        out.println(JsonText.answer(answer));
    }
}
