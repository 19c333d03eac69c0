package dev.sotto.contracts.event;

import dev.sotto.contracts.BadMessage;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events as JSON: {@code {"id", "type", "version", "occurred_at", "data"}}. Types come from a
 * closed list; a field that a reader does not know is ignored, so that writers may add some within
 * a version; a missing one is refused.
 */
public final class EventCodec {
  private static final Map<String, Class<? extends Event>> TYPES =
      Stream.of(
              JobRequested.class,
              JobFinishRequested.class,
              JobPlaced.class,
              JobStranded.class,
              JobEnded.class,
              CreditRequested.class,
              CreditGranted.class,
              CreditRefused.class,
              NodeAnnounced.class,
              DigestShared.class,
              JobVerified.class)
          .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private EventCodec() {}

  /** As a record's value. */
  public static byte[] encode(EventRecord told) {
    ObjectNode out = JSON.createObjectNode();
    out.put("id", told.id().toString());
    out.put("type", told.event().getClass().getSimpleName());
    out.put("version", told.event().version());
    out.put("occurred_at", told.occurredAt());
    out.set("data", JSON.valueToTree(told.event()));
    return JSON.writeValueAsBytes(out);
  }

  /** The event in a record's value; BadMessage, naming the field, for anything else. */
  public static EventRecord decode(byte[] json) {
    if (json.length > Topic.MAX_RECORD_BYTES) {
      throw new BadMessage("Event", "is longer than " + Topic.MAX_RECORD_BYTES + " bytes");
    }
    try {
      JsonNode in = JSON.readTree(json);
      Class<? extends Event> type = TYPES.get(in.path("type").asString(""));
      if (type == null) {
        throw new BadMessage("Event.type", "is none that this version knows");
      }
      Event event = JSON.treeToValue(in.path("data"), type);
      if (event == null || in.path("version").asInt(0) != event.version()) {
        throw new BadMessage("Event.version", "is not the one that is spoken here");
      }
      return new EventRecord(
          UUID.fromString(in.path("id").asString("")), in.path("occurred_at").asLong(0), event);
    } catch (DatabindException e) {
      if (e.getCause() instanceof BadMessage bad) {
        throw bad;
      }
      throw new BadMessage("Event.data", "has a field that is missing or of the wrong type");
    } catch (JacksonException | IllegalArgumentException e) {
      throw new BadMessage("Event", "is not well-formed");
    }
  }
}
