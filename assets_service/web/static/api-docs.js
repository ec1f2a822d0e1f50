// Opens the API's own description in Swagger UI; everything comes from this server.
window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({
    url: "/schema/openapi.json",
    dom_id: "#api",
    deepLinking: true,
    validatorUrl: null,
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
  });
});
