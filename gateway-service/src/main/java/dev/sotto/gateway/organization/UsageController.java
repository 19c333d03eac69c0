package dev.sotto.gateway.organization;

import dev.sotto.gateway.GatewaySettings;
import dev.sotto.gateway.errors.Refused;
import dev.sotto.gateway.security.SignedIn;
import dev.sotto.gateway.services.ServiceReports;
import dev.sotto.gateway.services.ServiceReports.Report;
import dev.sotto.openai.error.ApiError;
import dev.sotto.platform.internal.InternalToken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a tenant has used and owes. Billing counts; here it is asked for whoever is known. */
@RestController
@RequestMapping(path = "/v1/organization", produces = MediaType.APPLICATION_JSON_VALUE)
class UsageController {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Ids that billing has as they are stored, and this API with what they are before them. */
  private static final Map<String, String> IDS =
      Map.of("project_id", Ids.PROJECT, "api_key_id", Ids.KEY);

  private final ServiceReports reports;

  UsageController(GatewaySettings settings, InternalToken token) {
    this.reports = new ServiceReports("billing", settings.billingUrl(), token);
  }

  @GetMapping("/usage/completions")
  ResponseEntity<byte[]> usage(@RequestParam MultiValueMap<String, String> query) {
    return report("/v1/organization/usage/completions", query);
  }

  @GetMapping("/costs")
  ResponseEntity<byte[]> costs(@RequestParam MultiValueMap<String, String> query) {
    return report("/v1/organization/costs", query);
  }

  private ResponseEntity<byte[]> report(String path, MultiValueMap<String, String> query) {
    Map<String, List<String>> asked = new LinkedHashMap<>();
    query.forEach((name, values) -> asked.put(name, stored(name, values)));
    Report report = reports.ask(SignedIn.caller().tenantId(), path, asked);
    if (report.status() == 404) {
      throw Refused.notFound("report");
    }
    return ResponseEntity.status(report.status())
        .contentType(MediaType.APPLICATION_JSON)
        .body(shown(report.body()));
  }

  private static List<String> stored(String name, List<String> values) {
    String kind = IDS.get(name.replaceAll("(s|s\\[\\])$", ""));
    if (kind == null) {
      return values;
    }
    List<String> ids = new ArrayList<>();
    for (String value : values) {
      ids.add(value.startsWith(kind) ? Ids.read(kind, "id", value).toString() : value);
    }
    return ids;
  }

  private static byte[] shown(byte[] body) {
    try {
      JsonNode report = JSON.readTree(body);
      for (JsonNode bucket : report.path("data")) {
        for (JsonNode result : bucket.path("results")) {
          IDS.forEach((field, kind) -> show(result, field, kind));
        }
      }
      return JSON.writeValueAsBytes(report);
    } catch (JacksonException e) {
      throw new ApiError(503, "unavailable", null, "Billing's answer is cut off; try again.");
    }
  }

  private static void show(JsonNode result, String field, String kind) {
    String id = result.path(field).asString("");
    if (result instanceof ObjectNode object && id.length() == 36) {
      object.put(field, Ids.write(kind, UUID.fromString(id)));
    }
  }
}
