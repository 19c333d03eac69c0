package dev.sotto.openai.model;

import dev.sotto.openai.ApiHost;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.json.Json;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/models} and {@code GET /v1/models/{id}}. */
@RestController
class ModelsController {
  private final ApiHost host;

  ModelsController(ApiHost host) {
    this.host = host;
  }

  @GetMapping("/v1/models")
  @Operation(operationId = "listModels", summary = "Lists the models that may be named")
  @ApiResponse(
      responseCode = "200",
      description = "The models",
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = ModelBody.All.class)))
  void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    write(
        response,
        new ModelBody.All(
            "list",
            host.models(host.caller(request)).stream()
                .map(model -> ModelBody.of(model, host.place()))
                .toList()));
  }

  @GetMapping("/v1/models/{id}")
  @Operation(operationId = "retrieveModel", summary = "Tells about one model")
  @ApiResponse(
      responseCode = "200",
      description = "The model",
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = ModelBody.class)))
  void retrieve(
      @PathVariable("id") String id, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    write(
        response,
        host.models(host.caller(request)).stream()
            .filter(model -> model.name().equals(id))
            .findFirst()
            .map(model -> ModelBody.of(model, host.place()))
            .orElseThrow(() -> ApiError.noModel(id, "model")));
  }

  private static void write(HttpServletResponse response, Object body) throws IOException {
    byte[] bytes = Json.bytes(body);
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
