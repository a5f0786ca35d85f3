package io.slackwater.pricing.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.slackwater.pricing.model.RuleStatus.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads rule books from files, YAML or JSON by the file's name. A book in YAML becomes the JSON
 * that means the same; whether that is a rule book is for {@code RuleBookReader} to say.
 *
 * <p>YAML is never guessed: a number must be written as in JSON ({@code 010} is 8 to some readers
 * and 10 to others), and what stands for something else (aliases, tags) is refused, and so is a
 * second document. {@code no}, {@code on} and times are text.
 */
public final class RuleFiles {

    /** Comments make a file longer than its document, which has a limit of its own. */
    private static final int MAX_BYTES = 4 << 20;

    /** Deeper than any book, so that the reader, who knows its limit, can say so. */
    private static final int MAX_DEPTH = 100;

    private static final int MAX_MESSAGE = 200;

    /** Of any book: the reader has its own limits, and says which one is passed. */
    private static final StreamReadConstraints ENOUGH =
            StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_BYTES)
                    .maxNumberLength(MAX_BYTES)
                    .maxNameLength(MAX_BYTES)
                    .build();

    /** Of a draft: the number is given when it is published. */
    private static final String DRAFT_VERSION = "\"version\":1";

    private static final Pattern JSON_NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private final JsonParser parser;
    private final JsonGenerator out;
    private final Map<String, Integer> lines = new HashMap<>();

    /**
     * @param out null where only the lines are wanted
     */
    private RuleFiles(JsonParser parser, JsonGenerator out) {
        this.parser = parser;
        this.out = out;
    }

    /** What leaves nothing to read. */
    private static final class Fault extends IOException {
        private static final long serialVersionUID = 1L;
        private final String reason;
        private final String pointer;
        private final int line;

        Fault(String reason, String pointer, int line, String message) {
            super(message);
            this.reason = reason;
            this.pointer = pointer;
            this.line = line;
        }
    }

    /**
     * Reads a file.
     *
     * @throws CommandFailure when it cannot be read at all, or its name ends in neither {@code
     *     .yaml}, {@code .yml} nor {@code .json}
     */
    static RuleFile read(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
        if (!yaml && !name.endsWith(".json")) {
            throw CommandFailure.wrongUse(
                    "the name of "
                            + Wording.quoted(path.toString())
                            + " does not say what it holds; allowed: a name that ends in .yaml,"
                            + " .yml or .json.");
        }
        byte[] bytes = withoutMark(bytes(path));
        return yaml ? yaml(path, bytes) : json(path, bytes);
    }

    /**
     * The bytes of a file that a person has named.
     *
     * @throws CommandFailure when there are none to be read, or too many
     */
    static byte[] bytes(Path path) {
        if (!Files.exists(path)) {
            throw CommandFailure.wrongUse(
                    "there is no file " + Wording.quoted(path.toString()) + ".");
        }
        if (!Files.isRegularFile(path)) {
            throw CommandFailure.wrongUse(Wording.quoted(path.toString()) + " is not a file.");
        }
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw CommandFailure.wrongUse(
                        Wording.quoted(path.toString())
                                + " has "
                                + Files.size(path)
                                + " bytes; allowed: at most "
                                + MAX_BYTES
                                + ".");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw CommandFailure.wrongUse(Wording.quoted(path.toString()) + " cannot be read.");
        }
    }

    /** The same without the byte order mark of UTF-8 that some editors write first. */
    public static byte[] withoutMark(byte[] bytes) {
        boolean marked =
                bytes.length > 2
                        && bytes[0] == (byte) 0xEF
                        && bytes[1] == (byte) 0xBB
                        && bytes[2] == (byte) 0xBF;
        return marked ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
    }

    /** Strict UTF-8, without the byte order mark that some editors write; null when it is not. */
    static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(withoutMark(bytes)))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    /** The bytes as they are: what is wrong with them the reader says. Only the lines are found. */
    private static RuleFile json(Path path, byte[] bytes) {
        byte[] document = bytes;
        Map<String, Integer> lines = Map.of();
        JsonFactory factory = JsonFactory.builder().streamReadConstraints(ENOUGH).build();
        try (JsonParser parser = factory.createParser(bytes)) {
            RuleFiles walk = new RuleFiles(parser, null);
            lines = walk.lines;
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                walk.value("");
                if (!lines.containsKey("/version")) {
                    document = withDraftVersion(bytes, lines.size() == 1);
                }
            }
        } catch (Fault twice) {
            lines.put(twice.pointer, twice.line);
        } catch (JsonProcessingException notJson) {
            // The reader tells a fault of syntax alone, so whatever it points to, it stands here.
            lines.clear();
            lines.put("", line(notJson));
        } catch (IOException | RuntimeException notJson) {
            // Told by the reader, without a line.
        }
        return new RuleFile(path, document, lines, null);
    }

    private static byte[] withDraftVersion(byte[] object, boolean empty) {
        String text = new String(object, StandardCharsets.UTF_8);
        int brace = text.indexOf('{') + 1;
        return (text.substring(0, brace)
                        + DRAFT_VERSION
                        + (empty ? "" : ",")
                        + text.substring(brace))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static RuleFile yaml(Path path, byte[] bytes) {
        String text = text(bytes);
        Map<String, Integer> lines = new HashMap<>();
        Reason fault;
        if (text == null) {
            fault = new Reason("INVALID_UTF_8", "", "The file is not UTF-8; allowed: UTF-8.");
            return new RuleFile(path, null, lines, fault);
        }
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_BYTES);
        YAMLFactory factory =
                YAMLFactory.builder()
                        .streamReadConstraints(ENOUGH)
                        .loaderOptions(options)
                        // A region called no is a region.
                        .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                        .build();
        ByteArrayOutputStream document = new ByteArrayOutputStream(bytes.length);
        try (YAMLParser parser = factory.createParser(text);
                JsonGenerator out = new JsonFactory().createGenerator(document)) {
            RuleFiles walk = new RuleFiles(parser, out);
            lines = walk.lines;
            walk.document();
            out.flush();
            return new RuleFile(path, document.toByteArray(), lines, null);
        } catch (Fault found) {
            lines.put(found.pointer, found.line);
            fault = new Reason(found.reason, found.pointer, found.getMessage());
        } catch (IOException | RuntimeException notYaml) {
            // What SnakeYAML throws is not always what Jackson promises.
            lines.clear();
            if (notYaml instanceof JsonProcessingException syntax) {
                lines.put("", line(syntax));
            }
            fault = new Reason("MALFORMED_YAML", "", "The file is not YAML: " + said(notYaml));
        }
        return new RuleFile(path, null, lines, fault);
    }

    /** One sentence of what a parser said. */
    private static String said(Exception e) {
        if (e instanceof StreamConstraintsException) {
            return "it is nested deeper than " + MAX_DEPTH + " levels.";
        }
        String message =
                e.getCause() instanceof MarkedYAMLException marked
                        ? marked.getProblem()
                        : e instanceof JsonProcessingException syntax
                                ? syntax.getOriginalMessage()
                                : e.getMessage();
        if (message == null || message.isBlank()) {
            return "it cannot be read.";
        }
        // What it got instead is the parser's own affair.
        String sentence = message.strip().lines().findFirst().orElse("").split(", got this")[0];
        String cut =
                sentence.length() > MAX_MESSAGE
                        ? sentence.substring(0, MAX_MESSAGE) + "..."
                        : sentence;
        return cut.endsWith(".") ? cut : cut + ".";
    }

    private static int line(JsonProcessingException e) {
        return e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNr());
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    /** The one document of a YAML file. */
    private void document() throws IOException {
        if (parser.nextToken() == null) {
            throw new Fault("EMPTY_DOCUMENT", "", 1, "The file is empty; allowed: a rule book.");
        }
        value("");
        if (parser.nextToken() != null) {
            throw new Fault(
                    "TRAILING_DATA",
                    "",
                    line(),
                    "A second document follows; allowed: one rule book a file.");
        }
    }

    /** The value at hand, with all that is in it. */
    private void value(String pointer) throws IOException {
        lines.putIfAbsent(pointer, line());
        refuseWhatStandsForSomethingElse(pointer);
        switch (parser.currentToken()) {
            case START_OBJECT -> object(pointer);
            case START_ARRAY -> list(pointer);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(pointer);
            default -> {
                if (out != null) {
                    out.copyCurrentEvent(parser);
                }
            }
        }
    }

    private void object(String pointer) throws IOException {
        if (out != null) {
            out.writeStartObject();
        }
        Set<String> names = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            String at = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
            if (!names.add(name)) {
                throw new Fault(
                        "DUPLICATE_FIELD",
                        at,
                        line(),
                        "The field stands twice in one object; allowed: once.");
            }
            // A list begins a line below its name, and that is where people look.
            lines.put(at, line());
            refuseWhatStandsForSomethingElse(at);
            if (out != null) {
                out.writeFieldName(name);
            }
            parser.nextToken();
            value(at);
        }
        if (out != null) {
            if (pointer.isEmpty() && !names.contains("version")) {
                out.writeNumberField("version", 1);
            }
            out.writeEndObject();
        }
    }

    private void list(String pointer) throws IOException {
        if (out != null) {
            out.writeStartArray();
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            value(pointer + "/" + i);
        }
        if (out != null) {
            out.writeEndArray();
        }
    }

    private void number(String pointer) throws IOException {
        if (out == null) {
            return;
        }
        String number = parser.getText();
        if (!JSON_NUMBER.matcher(number).matches()) {
            throw new Fault(
                    "NUMBER_AMBIGUOUS",
                    pointer,
                    line(),
                    "The number "
                            + number
                            + " is written in a way that not everybody reads alike; allowed: a"
                            + " number such as 10 or 0.99, or text in quotes.");
        }
        // As it is written: no digit is lost on the way.
        out.writeNumber(number);
    }

    private void refuseWhatStandsForSomethingElse(String pointer) throws IOException {
        if (!(parser instanceof YAMLParser yaml)) {
            return;
        }
        if (yaml.isCurrentAlias()) {
            throw new Fault(
                    "ALIAS",
                    pointer,
                    line(),
                    "An alias (*) stands here; allowed: the value itself, or text in quotes.");
        }
        if (yaml.getTypeId() != null) {
            throw new Fault(
                    "TAG",
                    pointer,
                    line(),
                    "A tag (!) stands here; allowed: the plain value, or text in quotes.");
        }
    }
}
